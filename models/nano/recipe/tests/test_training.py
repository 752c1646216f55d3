from itertools import cycle

import gguf
import pytest
import torch

from recipe import gguf_file
from recipe.batches import Batch, batches, examples
from recipe.evaluate import practised, same, score, subjects, whole_story
from recipe.model import Nano, Shape
from recipe.skills import capitals
from recipe.tokenizer import Tokenizer
from recipe.train import for_steps, train


@pytest.fixture(scope="module")
def trained(tokenizer) -> tuple[Nano, list[float]]:
    """A model after 20 steps, and the loss of each."""
    torch.manual_seed(0)
    model = Nano(Shape(vocabulary=len(tokenizer.vocabulary.tokens)))
    stream = cycle(batches(seed=1, count=200, tokenizer=tokenizer))
    return model, [step.loss for step in train(model, stream, for_steps(20))]


def fields(reader: gguf.GGUFReader) -> dict:
    return {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}


def shapes(reader: gguf.GGUFReader) -> dict:
    return {tensor.name: (tuple(tensor.shape), tensor.tensor_type) for tensor in reader.tensors}


def test_twenty_steps_lower_the_loss(trained):
    _, losses = trained
    assert len(losses) == 20
    assert sum(losses[-3:]) / 3 < sum(losses[:3]) / 3 - 0.5


def test_the_size_is_the_shipped_one(trained):
    assert sum(parameter.numel() for parameter in trained[0].parameters()) == 2_432_192


def test_export_describes_itself_as_the_shipped_file_does(trained, tokenizer, shipped, tmp_path):
    gguf_file.write(tmp_path / "new.gguf", trained[0], tokenizer.vocabulary, "q8_0")
    new, old = gguf.GGUFReader(tmp_path / "new.gguf"), gguf.GGUFReader(shipped)
    assert fields(new)["general.architecture"] == "qwen3"
    assert fields(new) == fields(old)
    assert shapes(new) == shapes(old)


def test_export_keeps_every_bit_as_f32(trained, tokenizer, tmp_path):
    model = trained[0]
    gguf_file.write(tmp_path / "new.gguf", model, tokenizer.vocabulary, "f32")
    again, vocabulary = gguf_file.read(tmp_path / "new.gguf")
    assert vocabulary == tokenizer.vocabulary
    for name, tensor in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor), name


def test_one_token_at_a_time_gives_the_logits_of_all_at_once(trained, tokenizer):
    model = trained[0]
    ids = torch.tensor([tokenizer.encode("What is the capital of France?")])
    with torch.inference_mode():
        whole = model.logits(model(ids)[0])
        _, past = model(ids[:, :3])
        for at in range(3, ids.shape[1]):
            hidden, past = model(ids[:, at : at + 1], past)
            torch.testing.assert_close(model.logits(hidden)[0, 0], whole[0, at], atol=1e-4, rtol=1e-4)


def test_batches_hold_every_example_once(tokenizer):
    made = sorted(tuple(example.ids) for example in examples(9, 100, tokenizer))
    found = []
    for batch in batches(9, 100, tokenizer):
        for ids, weights in zip(batch.ids, batch.weights):
            found.append(tuple(ids[: int(weights.nonzero().max()) + 1].tolist()))
    assert sorted(found) == made


def test_answers_weigh_one_and_padding_nothing(tokenizer):
    made = examples(9, 20, tokenizer)
    batch = Batch.of(made)
    for example, weights in zip(made, batch.weights):
        assert (weights[example.answer : len(example.ids)] == 1).all()
        assert (weights[len(example.ids) :] == 0).all()
        assert (weights[: example.answer] < 1).all()


def test_the_shipped_model_knows_its_capitals(shipped):
    model, vocabulary = gguf_file.read(shipped)
    assert score(model, Tokenizer(vocabulary), practised(capitals), same, questions=10) == 10


def test_a_story_is_right_when_it_is_whole_and_about_the_animal_asked_for():
    told = "Once upon a time there was a shy cat who lived in a lake. It swam. The end."
    assert whole_story(told.replace("shy", "bold"), told)
    assert not whole_story(told.replace("cat", "dog"), told)
    assert not whole_story(told, told.removesuffix(" The end."))
    assert subjects()["story"][1] is whole_story
