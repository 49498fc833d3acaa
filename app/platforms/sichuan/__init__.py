"""网格化服务管理系统, the platform of Sichuan.

Its real format is not public. What is assumed here: one flat JSON object in snake_case, words as
numeric codes, instants as civil time in Asia/Shanghai, `yyyy-MM-dd HH:mm:ss`. A city's engineer
puts the real codes, field names and unit codes into `words.toml` and `units.csv`, without code;
tables that leave a word of ours out, or contradict themselves, stop the service from starting.
"""
