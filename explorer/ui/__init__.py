"""The page. The only package that knows gradio."""
