"""The classical measures, one a file. Importing the package registers them all."""

# isort: off
from explorer.baselines import mse, psnr, ssim, ms_ssim
from explorer.baselines.compare import distances
from explorer.baselines.record import BASELINES, Baseline

__all__ = ["BASELINES", "Baseline", "distances", "ms_ssim", "mse", "psnr", "ssim"]
