"""What the person is told: which events deserve a notice, in which words, and what is held back."""
