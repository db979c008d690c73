"""The Streamlit app; the only part of the package that knows of Streamlit."""
