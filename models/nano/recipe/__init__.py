"""Trains a tiny Qwen3 from scratch on synthetic chats. The commands are in the README one folder up."""
