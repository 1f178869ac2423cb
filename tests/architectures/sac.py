"""Soft actor-critic: two critics, an actor that steps every second time, a temperature that is learnt beside them."""

from collections import deque
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector


class Cart:
    """A cart that is to come to rest at 0, pushed with -1…1; an episode of 40 moments."""

    def __init__(self, seed: int) -> None:
        self._numbers = np.random.default_rng(seed)

    def reset(self) -> Tensor:
        """Begin anew; what is seen ``[2]``."""
        self._state, self._n_moves = self._numbers.uniform([-2, -1], [2, 1]), 0
        return torch.from_numpy(self._state.astype(np.float32))

    def step(self, push: float) -> tuple[Tensor, float, bool]:
        """What is seen then, the reward, and whether the time is over."""
        place, speed = self._state
        speed = 0.95 * speed + 0.3 * push
        self._state = np.array([place + 0.3 * speed, speed])
        self._n_moves += 1
        reward = -float(self._state[0] ** 2 + 0.1 * speed**2)
        return torch.from_numpy(self._state.astype(np.float32)), reward, self._n_moves >= 40


class Actor(nn.Module):
    """A push and the logarithm of its density."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc_mean, self.fc_logstd = (
            *(nn.Linear(2, 64), nn.Linear(64, 64)),
            *(nn.Linear(64, 1), nn.Linear(64, 1)),
        )

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        features = functional.relu(self.fc2(functional.relu(self.fc1(seen))))
        return self.fc_mean(features), torch.tanh(self.fc_logstd(features)) * 3.5 - 1.5

    def get_action(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """A draw ``[N, 1]``, squashed, and its log-density."""
        mean, log_std = self(seen)
        normal = torch.distributions.Normal(mean, log_std.exp())
        drawn = normal.rsample()
        action = torch.tanh(drawn)
        return action, (normal.log_prob(drawn) - torch.log(1 - action.square() + 1e-6)).sum(1, keepdim=True)


class SoftQNetwork(nn.Module):
    """What a push is worth in a state ``[N, 1]``."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(3, 64), nn.Linear(64, 64), nn.Linear(64, 1)

    def forward(self, seen: Tensor, push: Tensor) -> Tensor:
        features = functional.relu(self.fc1(torch.cat([seen, push], 1)))
        return self.fc3(functional.relu(self.fc2(features)))


def ask(model: nn.ModuleDict, seen: Tensor) -> tuple[Tensor, ...]:
    """What the actor would do, and what both critics think of it."""
    mean, log_std = model["actor"](seen)
    push = torch.tanh(mean)
    return mean, log_std, model["qf1"](seen, push), model["qf2"](seen, push)


def train(path: Path, seed: int = 0, steps: int = 800) -> float:
    """The mean return of ten episodes."""
    torch.manual_seed(seed)
    numbers, cart = np.random.default_rng(seed), Cart(seed)
    actor, qf1, qf2 = Actor(), SoftQNetwork(), SoftQNetwork()
    slow1, slow2 = deepcopy(qf1), deepcopy(qf2)
    log_alpha = torch.zeros(1, requires_grad=True)
    q_optimizer = torch.optim.Adam([*qf1.parameters(), *qf2.parameters()], 2e-3)
    actor_optimizer = torch.optim.Adam(actor.parameters(), 1e-3)
    a_optimizer = torch.optim.Adam([log_alpha], 2e-3)
    memory: deque[tuple[Tensor, Tensor, float, Tensor]] = deque(maxlen=10000)
    seen, probe = cart.reset(), torch.rand(16, 2) * 4 - 2
    optimizers = {"q": q_optimizer, "actor": actor_optimizer, "alpha": a_optimizer}
    with Collector(
        nn.ModuleDict({"actor": actor, "qf1": qf1, "qf2": qf2}),
        optimizers,
        path,
        probe=(probe, None),
        probe_call=ask,
        task="policy",
    ) as collector:
        for step in range(steps + 200):
            with torch.no_grad():
                push = torch.rand(1) * 2 - 1 if step < 200 else actor.get_action(seen[None])[0][0]
            then, reward, is_over = cart.step(float(push))
            memory.append((seen, push, reward, then))
            seen = cart.reset() if is_over else then
            if step < 200:
                continue
            chosen = [memory[each] for each in numbers.integers(0, len(memory), 64)]
            states, pushes, _, following = (
                torch.stack(each) if torch.is_tensor(each[0]) else each for each in zip(*chosen, strict=True)
            )
            rewards = torch.tensor([each[2] for each in chosen])[:, None]
            alpha = log_alpha.exp().detach()
            with torch.no_grad():
                action, chance = actor.get_action(following)
                least = torch.min(slow1(following, action), slow2(following, action)) - alpha * chance
                worth = rewards + 0.95 * least
            qf_loss = functional.mse_loss(qf1(states, pushes), worth) + functional.mse_loss(qf2(states, pushes), worth)
            q_optimizer.zero_grad()
            qf_loss.backward()
            q_optimizer.step()
            collector.log(qf_loss=qf_loss)
            if step % 2 == 0:
                for _ in range(2):
                    action, chance = actor.get_action(states)
                    actor_loss = (alpha * chance - torch.min(qf1(states, action), qf2(states, action))).mean()
                    actor_optimizer.zero_grad()
                    actor_loss.backward()
                    actor_optimizer.step()
                    alpha_loss = (-log_alpha.exp() * (chance.detach() - 1)).mean()
                    a_optimizer.zero_grad()
                    alpha_loss.backward()
                    a_optimizer.step()
                    collector.log(actor_loss=actor_loss, alpha_loss=alpha_loss, alpha=log_alpha.exp())
            with torch.no_grad():
                for slow, fast in ((slow1, qf1), (slow2, qf2)):
                    for own, other in zip(slow.parameters(), fast.parameters(), strict=True):
                        own.lerp_(other, 0.02)
    return returns(actor)


def returns(actor: Actor) -> float:
    """The mean return of ten episodes, without chance."""
    total = 0.0
    with torch.no_grad():
        for seed in range(10):
            cart = Cart(1000 + seed)
            seen, is_over = cart.reset(), False
            while not is_over:
                seen, reward, is_over = cart.step(float(torch.tanh(actor(seen[None])[0])))
                total += reward
    return total / 10
