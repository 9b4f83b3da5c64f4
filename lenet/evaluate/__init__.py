"""How well the shipped weights do: python -m lenet.evaluate"""
