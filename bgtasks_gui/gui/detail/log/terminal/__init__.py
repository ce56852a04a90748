"""The styles that a program asks a terminal for, and the colours they have here."""
