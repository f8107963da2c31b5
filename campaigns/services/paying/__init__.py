"""Commission: its rules, what is earned, held, taken back and paid."""
