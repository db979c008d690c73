"""One member of an experiment as a script that stands on its own: in PyTorch, and in Keras 3.

Each defines, trains and samples exactly that VAE, in under 100 lines that are there to be read:
what the experiment does not use is not in them. The numbers of a run differ from the app's as
those of another seed do, since a script draws its random numbers in its own order.
"""

from vae_explorer.standalone.keras import keras_script
from vae_explorer.standalone.pytorch import pytorch_script

__all__ = ["keras_script", "pytorch_script"]
