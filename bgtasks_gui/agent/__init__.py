"""The headless process: decides when, starts runs, stores and tells what happened."""
