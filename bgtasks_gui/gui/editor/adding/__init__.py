"""Adding downloads and uploads from addresses and files that somebody types, pastes or drops."""
