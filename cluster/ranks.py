#!/usr/bin/env python3
"""How the engine shares work on more ranks than we have: a simulation, event by event, of its queue
(guided leases by cost over nodes, one lease at a time, ranks of a node from shared memory), with costs
measured on the machines we have (cluster/README.md). What it does not know: a real network and a real
parallel file system.
  ranks.py [--ranks 1000 10000 100000] [--hours 4] [--per-node 64] [--unit 60] ...
"""
import argparse
import heapq
import math
import random


class Ledger:
    """Rank 0's: half of a node's fair share of the cost left (sim/ensemble/sharing/ledger.cpp)."""

    def __init__(self, costs):
        self.until, total = [], 0.0
        for cost in costs:
            total += cost
            self.until.append(total)
        self.next, self.total, self.leases = 0, total, 0

    def grant(self, share, least=1):
        size = len(self.until)
        if self.next == size:
            return 0, 0
        before = self.until[self.next - 1] if self.next else 0.0
        target = before + (self.total - before) * share / 2
        low, high = self.next, size  # first position whose sum is beyond the target
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.until[middle] <= target else (low, middle)
        begin = self.next
        self.next = min(max(low, begin + min(least, size - begin)), size)
        self.leases += 1
        return begin, self.next


def simulate(ranks, costs, durations, a):
    """Time of the work, busy time of rank 0's courier, leases."""
    nodes = math.ceil(ranks / a.per_node)
    size = [min(a.per_node, ranks - n * a.per_node) for n in range(nodes)]
    ledger = Ledger(costs)
    # Reports (one a second and node) take their part of the courier's time.
    service = a.message * 1e-6 / max(1e-3, 1 - nodes * a.message * 1e-6)
    stock = [(0, 0)] * nodes
    idle = size[:]
    asked, closed = [False] * nodes, [False] * nodes
    free_at, busy, end = 0.0, 0.0, 0.0
    events = []  # (time, order, node, kind, lease); kind 0: a lease arrives, 1: a rank is free

    def ask(node, time):
        nonlocal free_at, busy
        if asked[node] or closed[node]:
            return
        asked[node] = True
        begin = max(time + a.lease * 1e-3 / 2, free_at)
        free_at = begin + service
        busy += service
        lease = ledger.grant(size[node] / ranks)
        heapq.heappush(events, (free_at + a.lease * 1e-3 / 2, node, 0, lease))

    for node in range(nodes):
        ask(node, 0.0)
    while events:
        time, node, kind, lease = heapq.heappop(events)
        if kind == 0:
            asked[node] = False
            if lease[0] == lease[1]:
                closed[node] = True
                continue
            stock[node] = lease
        else:
            idle[node] += 1
            end = max(end, time)
        begin, last = stock[node]
        while idle[node] and begin < last:
            heapq.heappush(events, (time + durations[begin], node, 1, None))
            begin += 1
            idle[node] -= 1
        stock[node] = (begin, last)
        if begin == last and idle[node]:
            ask(node, time)
    return end, busy, ledger.leases


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--ranks", type=int, nargs="*", default=[1000, 10000, 100000])
    add("--per-node", type=int, default=64)
    add("--hours", type=float, default=4, help="work a rank")
    add("--unit", type=float, default=300, help="mean seconds of a unit")
    add("--spread", type=float, default=.5, help="standard deviation of log cost, known beforehand")
    add("--surprise", type=float, default=.1, help="standard deviation of log time over log cost")
    add("--points", type=int, default=1000, help="points of the deck")
    add("--lease", type=float, default=10, help="ms from asking to having")
    add("--message", type=float, default=20, help="us of rank 0 a message")
    add("--start", type=float, default=1.8, help="s: MPI and the program")
    add("--start-point", type=float, default=80, help="us a point: the plan")
    add("--assembly-point", type=float, default=300, help="us a point")
    add("--assembly-unit", type=float, default=20, help="us a unit")
    add("--unit-bytes", type=float, default=5000, help="of a finished unit")
    add("--seed", type=int, default=1)
    a = parser.parse_args()
    print(" ranks     units  work [s]  ideal [s]  start+assembly [s]  efficiency  "
          "leases  rank 0's courier     files")
    for ranks in a.ranks:
        source = random.Random(a.seed)
        count = max(ranks, round(ranks * a.hours * 3600 / a.unit))
        costs = sorted((a.unit * math.exp(source.gauss(-a.spread**2 / 2, a.spread))
                        for _ in range(count)), reverse=True)
        durations = [cost * math.exp(source.gauss(-a.surprise**2 / 2, a.surprise)) for cost in costs]
        end, busy, leases = simulate(ranks, costs, durations, a)
        ideal = sum(durations) / ranks
        outside = (a.start + 1e-6 * a.start_point * a.points + 1e-6 * a.assembly_point * a.points +
                   1e-6 * a.assembly_unit * count)
        # A rank's segment is written anew until it holds 2 MB, with how far the unit under way is.
        segments = max(1, math.ceil(count / ranks * a.unit_bytes / 2e6))
        print(f"{ranks:6d} {count:9d} {end:9.0f} {ideal:10.0f} {outside:19.1f} "
              f"{ideal / (end + outside):11.3f} {leases:7d} {busy / end:16.1%} "
              f"{ranks * segments:9d}")


if __name__ == "__main__":
    main()
