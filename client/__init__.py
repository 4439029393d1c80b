"""`headway-push` takes a file that a school's system exported to a Headway server; it imports nothing of that."""
