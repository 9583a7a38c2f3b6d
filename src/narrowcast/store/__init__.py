"""What is kept: paid results, episodes, and their bytes. The only room that knows SQLAlchemy, Alembic and obstore."""
