"""What wording says without meaning to: whether it tells or recalls a grade that an inspection gave to a school."""
