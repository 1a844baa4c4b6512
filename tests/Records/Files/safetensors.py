"""Writes and reads safetensors as the format's description says: 8 bytes of length, a JSON header, then the tensors' bytes.

write FILE: saves the state_dict of a Sequential.  read FILE: loads one into a Sequential of linear layers and ReLU.
Both print the outputs of the network at the points (0, 0), (1, -1), (-1.5, 2)."""
import json
import struct
import sys
import torch


def save(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(tensors):
        values = tensors[name].detach().contiguous().numpy().astype("<f4")
        begin, data = len(data), data + values.tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def load(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    assert header.pop("__metadata__")["format"] == "pt"
    return {name: torch.frombuffer(bytearray(data[slice(*at["data_offsets"])]), dtype=torch.float32).reshape(at["shape"])
            for name, at in header.items()}


verb, path = sys.argv[1:]
weights = load(path) if verb == "read" else {"0.weight": torch.empty(7, 2), "2.weight": torch.empty(1, 7)}
shapes = [tensor.shape for name, tensor in weights.items() if name.endswith("weight")]
layers = [layer for o, i in shapes for layer in (torch.nn.Linear(i, o), torch.nn.ReLU())][:-1]
torch.manual_seed(1)
net = torch.nn.Sequential(*layers)
for parameter in net.parameters():
    torch.nn.init.normal_(parameter)
save(path, net.state_dict()) if verb == "write" else net.load_state_dict(weights)
print(*(f"{value:.9g}" for value in net(torch.tensor([[0., 0.], [1., -1.], [-1.5, 2.]])).flatten().tolist()))
