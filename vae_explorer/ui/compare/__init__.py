"""The Compare page: a race between activations, live, judged, and gone back and forth in."""
