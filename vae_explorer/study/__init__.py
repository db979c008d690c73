"""What there is to see in trained VAEs."""
