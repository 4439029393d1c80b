"""The benchmarks: what Headway does in a second, as ratios to limits that are measured in the same run.

Real servers, real databases, full durability on both sides. Figures of one machine say little about another; ratios
carry over. `python -m bench --help` says what can be chosen.
"""
