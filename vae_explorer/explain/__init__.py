"""What may be said of a race: statistics, standings, sentences and claims."""
