"""Kinds of trainings that PyTorch's own examples and tutorials show, small: healthy all of them."""

from tests.faults.examples import acting, generating, pictures, sequences, ways
from tests.faults.training import Healthy

EXAMPLES = (
    Healthy("example: digits, Adadelta", pictures.digit_net),
    Healthy("example: digits by rows, LSTM", pictures.row_reader),
    Healthy("example: residual network", pictures.residual),
    Healthy("example: vision transformer", pictures.vision_transformer),
    Healthy("example: batches of four", pictures.small_batches),
    Healthy("example: slow start", pictures.slow_start),
    Healthy("example: spatial transformer", pictures.spatial_transformer),
    Healthy("example: variational autoencoder", generating.variational_autoencoder),
    Healthy("example: convolutional autoencoder", generating.convolutional_autoencoder),
    Healthy("example: DCGAN", generating.picture_gan),
    Healthy("example: super resolution", generating.super_resolution),
    Healthy("example: fast style", generating.fast_style),
    Healthy("example: word model, LSTM", sequences.recurrent_language),
    Healthy("example: word model, transformer", sequences.attentive_language),
    Healthy("example: sines, L-BFGS", sequences.sines),
    Healthy("example: inference of sentences", sequences.inference),
    Healthy("example: translation", sequences.translation),
    Healthy("example: REINFORCE", acting.reinforce),
    Healthy("example: actor and critic", acting.actor_critic),
    Healthy("example: deep Q", acting.deep_q),
    Healthy("example: graph convolutions", ways.graph_convolutions),
    Healthy("example: graph attention", ways.graph_attention),
    Healthy("example: siamese network", ways.siamese),
    Healthy("example: forward-forward", ways.forward_forward),
    Healthy("example: bfloat16", ways.autocast),
    Healthy("example: one process of DDP", ways.distributed),
    Healthy("example: distillation", ways.distillation),
    Healthy("example: polynomial", ways.polynomial),
)
