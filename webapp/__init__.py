"""The Flask app of the help site."""
