"""The classical measures, one a file. Importing the package registers them all."""

# isort: off
from explorer.baselines import mse, psnr, ssim, ms_ssim
from explorer.baselines.compare import distances
from explorer.baselines.dists import DISTS
from explorer.baselines.record import BASELINES, Baseline

NAMED = {baseline.name: baseline for baseline in (*BASELINES, DISTS)}
"""Every baseline by name, with the one that needs a network of its own."""

__all__ = ["NAMED", "DISTS", "BASELINES", "Baseline", "distances", "ms_ssim", "mse", "psnr", "ssim"]
