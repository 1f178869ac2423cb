"""A pole that is to be balanced."""

import random
from collections import deque
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.training import Training

_LONGEST = 100


class Pole:
    """A cart with a pole on it; one point for each moment that it stands.

    Formula: A. G. Barto, R. S. Sutton, C. W. Anderson 1983, without friction.
    """

    def __init__(self, seed: int) -> None:
        self._numbers = np.random.default_rng(seed)
        self.reset()

    def reset(self) -> Tensor:
        """Begin anew; what is seen ``[4]``."""
        self._state, self._n_moves = self._numbers.uniform(-0.05, 0.05, 4), 0
        return self._seen()

    def move(self, to_the_right: int) -> tuple[Tensor, float, bool]:
        """What is seen then, the reward, and whether it is over."""
        _, speed, angle, turning = self._state
        force = 10.0 if to_the_right else -10.0
        push = (force + 0.05 * turning**2 * np.sin(angle)) / 1.1
        bend = (9.8 * np.sin(angle) - np.cos(angle) * push) / (0.5 * (4 / 3 - 0.1 * np.cos(angle) ** 2 / 1.1))
        pull = push - 0.05 * bend * np.cos(angle) / 1.1
        self._state = self._state + 0.02 * np.array([speed, pull, turning, bend])
        self._n_moves += 1
        is_over = abs(self._state[0]) > 2.4 or abs(self._state[2]) > 0.2095 or self._n_moves >= _LONGEST
        return self._seen(), 1.0, bool(is_over)

    def _seen(self) -> Tensor:
        return torch.from_numpy(self._state.astype(np.float32))


def _returns(rewards: list[float]) -> Tensor:
    found, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + 0.99 * total
        found.append(total)
    returns = torch.tensor(found[::-1])
    return (returns - returns.mean()) / (returns.std() + 1e-6)


def _lasts(model: nn.Module) -> float:
    """For how many moments the pole stands, mean of five."""
    total = 0
    for seed in range(5):
        pole = Pole(seed)
        seen, is_over = pole.reset(), False
        while not is_over:
            outputs = model(seen[None])
            seen, _, is_over = pole.move(int((outputs[0] if isinstance(outputs, tuple) else outputs).argmax()))
            total += 1
    return total / 5


def _training(model: nn.Module, optimizer: Any, n_steps: int, step: Any) -> Training:
    seen = torch.from_numpy(np.random.default_rng(0).normal(0, 0.5, (64, 4)).astype(np.float32))
    batch, loss = lambda number: (seen, seen), lambda outputs, targets: outputs.sum()
    return Training(model, batch, loss, [optimizer], n_steps, _lasts, probe=(seen, None), step=step)


def reinforce(seed: int) -> Training:
    """One episode for each step, dropout in the policy."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(4, 128), nn.Dropout(0.6), nn.ReLU(), nn.Linear(128, 2))
    optimizer, pole = torch.optim.Adam(model.parameters(), 1e-2), Pole(seed)

    def step(training: Training, number: int) -> dict[str, Any]:
        seen, is_over, chances, rewards = pole.reset(), False, [], []
        while not is_over:
            choice = torch.distributions.Categorical(logits=model(seen[None]))
            move = choice.sample()
            chances.append(choice.log_prob(move))
            seen, reward, is_over = pole.move(int(move))
            rewards.append(reward)
        optimizer.zero_grad()
        loss = torch.cat([-chance * won for chance, won in zip(chances, _returns(rewards), strict=True)]).sum()
        loss.backward()
        optimizer.step()
        return {"loss": loss.detach(), "episode_reward": sum(rewards)}

    return _training(model, optimizer, 120, step)


class ActorAndCritic(nn.Module):
    """A move and a value from the same features."""

    def __init__(self) -> None:
        super().__init__()
        self.shared, self.actor, self.critic = nn.Linear(4, 128), nn.Linear(128, 2), nn.Linear(128, 1)

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        features = functional.relu(self.shared(seen))
        return self.actor(features), self.critic(features)


def actor_critic(seed: int) -> Training:
    """Adam at 0.03."""
    torch.manual_seed(seed)
    model = ActorAndCritic()
    optimizer, pole = torch.optim.Adam(model.parameters(), 3e-2), Pole(seed)

    def step(training: Training, number: int) -> dict[str, Any]:
        seen, is_over, kept, rewards = pole.reset(), False, [], []
        while not is_over:
            logits, value = model(seen[None])
            choice = torch.distributions.Categorical(logits=logits)
            move = choice.sample()
            kept.append((choice.log_prob(move), value[0]))
            seen, reward, is_over = pole.move(int(move))
            rewards.append(reward)
        returns = _returns(rewards)
        optimizer.zero_grad()
        acted = [-chance * (won - value.item()) for (chance, value), won in zip(kept, returns, strict=True)]
        valued = [functional.smooth_l1_loss(value, won[None]) for (_, value), won in zip(kept, returns, strict=True)]
        loss = torch.cat(acted).sum() + torch.stack(valued).sum()
        loss.backward()
        optimizer.step()
        return {"loss": loss.detach(), "episode_reward": sum(rewards)}

    return _training(model, optimizer, 120, step)


def deep_q(seed: int) -> Training:
    """A memory to draw from, a target network that follows slowly, values of gradients clipped at 100."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
    target, numbers = deepcopy(model).requires_grad_(False), random.Random(seed)
    optimizer, pole = torch.optim.AdamW(model.parameters(), 1e-3, amsgrad=True), Pole(seed)
    memory: deque[tuple[Tensor, int, float, Tensor, bool]] = deque(maxlen=2000)
    seen, won = [pole.reset()], [0.0]

    def act(number: int) -> None:
        is_random = numbers.random() < 0.05 + 0.85 * np.exp(-number / 200)
        with torch.no_grad():
            move = numbers.randrange(2) if is_random else int(model(seen[0][None]).argmax())
        then, reward, is_over = pole.move(move)
        memory.append((seen[0], move, reward, then, is_over))
        won[-1] += reward
        if is_over:
            won.append(0.0)
        seen[0] = pole.reset() if is_over else then

    def step(training: Training, number: int) -> dict[str, Any]:
        while len(memory) < 64:
            act(0)
        for _ in range(4):
            act(number)
        states, moves, rewards, following, over = zip(*numbers.sample(memory, 64), strict=True)
        chosen = model(torch.stack(states)).gather(1, torch.tensor(moves)[:, None])[:, 0]
        worth = target(torch.stack(following)).max(1).values * ~torch.tensor(over)
        loss = functional.smooth_l1_loss(chosen, worth * 0.99 + torch.tensor(rewards))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 100)
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(target.parameters(), model.parameters(), strict=True):
                slow.lerp_(fast, 0.02)
        return {"loss": loss.detach(), "episode_reward": won[-2] if len(won) > 1 else 0.0}

    return _training(model, optimizer, 900, step)
