"""When a unit is of no use for the whole probe: dead behind a rectifier, or saturated behind a bounded function.

A unit is **dead** behind ReLU or ReLU6 if it is exactly 0 for every sample at every position: no gradient passes it
(Lu, Shin, Su & Karniadakis 2020, Dying ReLU and Initialization). Leaky and smooth rectifiers let a gradient pass
below 0, so the notion has no meaning for them.

A unit is **saturated** behind a function with two bounds if at least 95 of 100 of its values, over samples and
positions, lie beyond 0.99 of the way from the middle of its range to a bound: for tanh |y| > 0.99, for the sigmoid
y < 0.005 or y > 0.995. That such units learn slowly is from Glorot & Bengio 2010, section 3; the two thresholds are
ours.

The counting is each framework's own: it is done where the outputs are, and only a number leaves.
"""

BEYOND = 0.99
"""Of the way from the middle of a function's range to a bound."""

SHARE = 0.95
"""Of a unit's values over samples and positions."""
