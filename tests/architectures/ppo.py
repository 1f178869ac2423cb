"""Proximal policy optimisation: an agent that has no ``forward``, four epochs over what it has just done."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Categorical

from collector import Collector
from tests.architectures.dqn import by_chance, stands
from tests.faults.examples.acting import Pole


def orthogonal(layer: nn.Linear, gain: float = np.sqrt(2)) -> nn.Linear:
    """As PPO draws its weights."""
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


class Agent(nn.Module):
    """An actor and a critic, asked by methods of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.critic = nn.Sequential(
            *(orthogonal(nn.Linear(4, 64)), nn.Tanh(), orthogonal(nn.Linear(64, 64)), nn.Tanh()),
            orthogonal(nn.Linear(64, 1), 1.0),
        )
        self.actor = nn.Sequential(
            *(orthogonal(nn.Linear(4, 64)), nn.Tanh(), orthogonal(nn.Linear(64, 64)), nn.Tanh()),
            orthogonal(nn.Linear(64, 2), 0.01),
        )

    def get_value(self, seen: Tensor) -> Tensor:
        """What the state is worth ``[N]``."""
        return self.critic(seen)[:, 0]

    def get_action_and_value(self, seen: Tensor, action: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """A move, the logarithm of its probability, the entropy, the worth."""
        choice = Categorical(logits=self.actor(seen))
        if action is None:
            action = choice.sample()
        return action, choice.log_prob(action), choice.entropy(), self.get_value(seen)


def train(path: Path, seed: int = 0, steps: int = 640, n_moves: int = 256) -> float:
    """For how many moments the pole stands, mean of five."""
    torch.manual_seed(seed)
    pole, agent = Pole(seed), Agent()
    optimizer = torch.optim.Adam(agent.parameters(), 2.5e-3, eps=1e-5)
    seen, length = pole.reset(), 0
    probe = by_chance(16)
    ask = lambda model, seen: (model.actor(seen), model.critic(seen))  # noqa: E731
    with Collector(agent, optimizer, path, probe=(probe, None), probe_call=ask, task="policy") as collector:
        for _ in range(steps // 16):
            states, moves, chances, worths, rewards, overs = [], [], [], [], [], []
            for _ in range(n_moves):
                with torch.no_grad():
                    move, chance, _, worth = agent.get_action_and_value(seen[None])
                then, reward, is_over = pole.move(int(move))
                for kept, new in zip(
                    (states, moves, chances, worths, rewards, overs),
                    (seen, move[0], chance[0], worth[0], reward, is_over),
                    strict=True,
                ):
                    kept.append(new)
                seen, length = then, length + 1
                if is_over:
                    collector.log(episodic_return=length)
                    seen, length = pole.reset(), 0
            with torch.no_grad():
                following = agent.get_value(seen[None])[0]
            won, advantages = 0.0, torch.zeros(n_moves)
            for number in reversed(range(n_moves)):
                goes_on = 1.0 - overs[number]
                surprise = rewards[number] + 0.99 * following * goes_on - worths[number]
                won = surprise + 0.99 * 0.95 * goes_on * won
                advantages[number], following = won, worths[number]
            states, moves, chances = torch.stack(states), torch.stack(moves), torch.stack(chances)
            returns = advantages + torch.stack(worths)
            for _ in range(4):
                for chosen in torch.randperm(n_moves).split(n_moves // 4):
                    _, chance, entropy, worth = agent.get_action_and_value(states[chosen], moves[chosen])
                    ratio = (chance - chances[chosen]).exp()
                    gain = advantages[chosen]
                    gain = (gain - gain.mean()) / (gain.std() + 1e-8)
                    policy_loss = torch.max(-gain * ratio, -gain * ratio.clamp(0.8, 1.2)).mean()
                    value_loss = 0.5 * (worth - returns[chosen]).square().mean()
                    loss = policy_loss - 0.01 * entropy.mean() + 0.5 * value_loss
                    optimizer.zero_grad()
                    loss.backward()
                    nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
                    optimizer.step()
                    collector.log(policy_loss=policy_loss, value_loss=value_loss, entropy=entropy.mean())
    return stands(lambda seen: int(agent.actor(seen[None]).argmax()))
