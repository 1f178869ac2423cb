"""Names of the scalars that tell of a step what rules need, and that every framework's collector knows."""

ACTIVATIONS = ("activation_mean", "activation_std", "activation_max")
"""Mean, standard deviation and largest absolute value of all values of a layer's output."""
NOT_FINITE_FORWARD = "not_finite_forward"
"""How many of them are NaN or Inf."""
CARRIED, UNCLIPPED, CLIPPED = (f"{each}_gradient_norm/total" for each in ("carried", "unclipped", "clipped"))
"""Norm of what was there when a step's first backward pass began, of what was there when its last one ended, and of
what an optimizer that clips for itself makes of it."""
BATCH, BATCH_SAMPLES = "batch_crc32/total", "batch_samples/total"
WEIGHTS_CHECKSUM, GRADIENTS_CHECKSUM = "weights_crc32", "gradients_crc32"
"""Of a layer's parameters before the update, and of the gradients that it is made of."""
NO_GRADIENT = -1.0
"""In the place of a checksum of gradients, where the layer has none."""
TRAINING_MODE, BATCHES_TRACKED = "training_mode", "batches_tracked"
"""Of norms and dropouts, and of norms."""
AGE = "optimizer_age/total"
"""Updates that the optimizer's state has seen."""
HALF_BATCH_COSINE = "half_batch_cosine"
"""Between the gradients of a layer's weights that two halves of a batch make."""
PROBE_LOSS = "probe_loss"
"""Of the whole probe, by the loss that the user gave."""
UPDATES = "updates"
"""Of each of several optimizers, how many it has made."""
ATTENTION_ENTROPY, ATTENTION_LOGIT = "attention_entropy", "attention_logit"
"""Of a layer that attends: how spread its heads are in the mean, and the largest score of them all."""
