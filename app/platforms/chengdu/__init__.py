"""大联动·微治理, the platform of Chengdu.

Its real format is not public. What is assumed here: JSON in camelCase with an envelope around
`content`, words in Chinese, instants in milliseconds since 1970. A city's engineer puts the real
words, field names and unit codes into `words.toml` and `units.csv`, without code; tables that leave
a word of ours out, or contradict themselves, stop the service from starting.
"""
