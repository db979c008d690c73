"""The latent canvas: small networks that are evaluated in the browser."""
