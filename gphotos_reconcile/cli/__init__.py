"""Words in, words out: parse, call one workflow, show the result. Imports anything below."""
