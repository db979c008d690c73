"""The Explore page: trained VAEs under the pointer, and all that is taken away from there."""
