"""Arrays of intervals, n x 2 in seconds of the epoch: what is counted, and never twice."""

import numpy as np

from app.rules.geodesy import Floats

NOTHING: Floats = np.empty((0, 2))


def union(intervals: Floats) -> Floats:
    """Disjoint and in order: a second that two intervals hold is held once."""
    intervals = intervals[intervals[:, 1] > intervals[:, 0]]
    if len(intervals) < 2:
        return intervals
    intervals = intervals[np.argsort(intervals[:, 0], kind="stable")]
    reached = np.maximum.accumulate(intervals[:, 1])
    begins = np.flatnonzero(intervals[1:, 0] > reached[:-1]) + 1
    starts = intervals[np.concatenate(([0], begins)), 0]
    ends = reached[np.concatenate((begins - 1, [len(intervals) - 1]))]
    return np.column_stack((starts, ends))


def clip(intervals: Floats, start: float, end: float) -> Floats:
    """The parts that lie between two instants."""
    clipped = np.clip(intervals, start, end)
    return clipped[clipped[:, 1] > clipped[:, 0]]


def length_s(intervals: Floats) -> float:
    """Of disjoint intervals."""
    return float((intervals[:, 1] - intervals[:, 0]).sum())


def overlap_s(disjoint: Floats, others: Floats) -> float:
    """The seconds that two sets of disjoint intervals have in common."""
    return sum(length_s(clip(disjoint, start, end)) for start, end in others)
