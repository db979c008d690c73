"""What a visitor takes away: a link, a moving picture, a page that opens anywhere."""
