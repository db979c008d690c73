"""The Train page: set a population up, press the button, and watch it learn."""
