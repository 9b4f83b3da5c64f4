"""How the shipped weights were made: python -m lenet.train, then python -m lenet.train.rejection"""
