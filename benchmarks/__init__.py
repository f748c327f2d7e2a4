"""Speed, accuracy and fault campaigns: each file is a command."""
