"""What is trained, said once."""
