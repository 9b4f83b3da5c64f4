"""Somebody else's page with the sketchpad in it."""

import os

import gradio as gr

from demo.sketchpad import Sketchpad

with gr.Blocks() as blocks:
    pad = Sketchpad([[[20, 140], [260, 140]]], label="My pad")
    told = gr.Textbox(label="Told")
    fill = gr.Button("Fill")
    pad.change(lambda strokes: f"{len(strokes)} strokes, {strokes[-1].shape[1]} columns", pad, told)
    fill.click(lambda: [[[140, 20], [140, 260]], [[20, 20], [260, 260]]], None, pad)

blocks.launch(server_port=int(os.environ["GRADIO_SERVER_PORT"]), ssr_mode=False)
