"""Compares what we hold with what TPGateway shows, and keeps what differs until it is mended."""
