"""Files that people upload: what they are, what they are called, and where they are kept."""
