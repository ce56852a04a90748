"""What stands round the pages: the window itself, its header, its messages, its foot."""
