"""What training leaves behind, as plain arrays; nothing here knows of PyTorch."""
