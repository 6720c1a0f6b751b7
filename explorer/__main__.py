"""The command line: `python -m explorer compare A B`, `python -m explorer weights …`."""

from explorer.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
