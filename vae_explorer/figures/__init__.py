"""Arrays to charts, pictures, films and pages of one file; no Streamlit."""
