"""Deep Q-learning: a pole that is to be balanced, a memory to draw from, a target network that follows."""

import random
from collections import deque
from copy import deepcopy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector
from tests.faults.examples.acting import Pole


class QNetwork(nn.Module):
    """What is seen ``[N, 4]`` to what each of the two moves is worth ``[N, 2]``."""

    def __init__(self) -> None:
        super().__init__()
        self.network = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))

    def forward(self, seen: Tensor) -> Tensor:
        return self.network(seen)


def train(path: Path, seed: int = 0, steps: int = 1500) -> float:
    """For how many moments the pole stands, mean of five."""
    torch.manual_seed(seed)
    numbers, pole = random.Random(seed), Pole(seed)
    q_network = QNetwork()
    target_network = deepcopy(q_network)
    optimizer = torch.optim.Adam(q_network.parameters(), 1e-3)
    memory: deque[tuple[Tensor, int, float, Tensor, bool]] = deque(maxlen=5000)
    seen, length = pole.reset(), 0
    probe = by_chance(16)
    with Collector(q_network, optimizer, path, probe=(probe, None)) as collector:
        for step in range(steps + 100):
            is_random = numbers.random() < max(0.05, 1 - step / (0.5 * steps))
            with torch.no_grad():
                move = numbers.randrange(2) if is_random else int(q_network(seen[None]).argmax())
            then, reward, is_over = pole.move(move)
            memory.append((seen, move, reward, then, is_over))
            seen, length = then, length + 1
            if is_over:
                collector.log(episode_length=length)
                seen, length = pole.reset(), 0
            if step < 100:
                continue
            states, moves, rewards, following, over = zip(*numbers.sample(memory, 64), strict=True)
            with torch.no_grad():
                worth = target_network(torch.stack(following)).max(1).values * ~torch.tensor(over)
            chosen = q_network(torch.stack(states)).gather(1, torch.tensor(moves)[:, None])[:, 0]
            loss = functional.smooth_l1_loss(chosen, torch.tensor(rewards) + 0.99 * worth)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(td_loss=loss)
            if step % 50 == 0:
                target_network.load_state_dict(q_network.state_dict())
    return stands(lambda seen: int(q_network(seen[None]).argmax()))


def by_chance(n: int) -> Tensor:
    """What is seen at so many moments of a play by chance ``[N, 4]``, each fourth one."""
    pole, numbers, seen = Pole(100), random.Random(100), []
    for _ in range(4 * n):
        now, _, is_over = pole.move(numbers.randrange(2))
        seen.append(now)
        if is_over:
            pole.reset()
    return torch.stack(seen[::4])


def stands(choose) -> float:
    """For how many moments the pole stands, mean of five."""
    total = 0
    with torch.no_grad():
        for seed in range(5):
            pole = Pole(seed)
            seen, is_over = pole.reset(), False
            while not is_over:
                seen, _, is_over = pole.move(choose(seen))
                total += 1
    return total / 5
