"""The parts of the editor's window: the sections of its page, and what stands beside and below."""
