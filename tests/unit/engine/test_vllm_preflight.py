"""What is told before a model is loaded, from facts that no test machine needs to have."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.vllm.checkpoint import NEMO, TINY, make_config, make_tiny
from engine.vllm.checkpoint import Checkpoint, commit_of, find_checkpoint, read_checkpoint
from engine.vllm.errors import CannotStart
from engine.vllm.machine import Gpu, Machine
from engine.vllm.memory import GIB, Precision, estimate
from engine.vllm.options import NEMO_REVISION, VllmOptions
from engine.vllm.preflight import context_limit, plan_start

#: Nemo as its files tell: 12.25 billion weights in 16 bits.
NEMO_FILES = Checkpoint(
    architecture="MistralForCausalLM",
    context=131_072,
    layers=40,
    kv_heads=8,
    heads=32,
    head_dim=128,
    hidden=5_120,
    vocab=131_072,
    tied=False,
    weight_bytes=24_495_564_800,
    tokenizer_file="tekken.json",
    fingerprint="folder:0123456789abcdef",
)
CPU = Machine(kind="cpu")


def gpu(name: str, capability: tuple[int, int], gib: float, free: float | None = None) -> Machine:
    free_bytes = int((gib - 0.5 if free is None else free) * GIB)
    one = Gpu(name=name, capability=capability, total_bytes=int(gib * GIB), free_bytes=free_bytes)
    return Machine(kind="gpu", gpus=(one,))


H100 = gpu("NVIDIA H100", (9, 0), 80)
L4 = gpu("NVIDIA L4", (8, 9), 24)
A100 = gpu("NVIDIA A100", (8, 0), 40)
T4 = gpu("Tesla T4", (7, 5), 16)
V100 = gpu("Tesla V100", (7, 0), 32)


@pytest.mark.parametrize(
    ("machine", "wish", "files", "precision", "told"),
    [
        (H100, "fp8", NEMO_FILES, Precision.NATIVE_FP8, "fp8"),
        (L4, "fp8", NEMO_FILES, Precision.NATIVE_FP8, "fp8"),
        (A100, "fp8", NEMO_FILES, Precision.WEIGHT_ONLY_FP8, "fp8"),
        (H100, "none", NEMO_FILES, Precision.SIXTEEN, None),
        (H100, "awq", NEMO_FILES, Precision.CHECKPOINT, "awq"),
        (H100, "fp8", replace(NEMO_FILES, quantized="fp8"), Precision.NATIVE_FP8, None),
        (H100, "fp8", replace(NEMO_FILES, quantized="awq"), Precision.CHECKPOINT, None),
        (H100, "none", replace(NEMO_FILES, quantized="awq"), Precision.CHECKPOINT, None),
    ],
)
def test_precision_follows_the_card_the_wish_and_the_files(
    machine: Machine, wish: str, files: Checkpoint, precision: Precision, told: str | None
) -> None:
    plan = plan_start(VllmOptions(quantization=wish), files, machine)

    assert plan.precision is precision
    assert plan.quantization == told


def test_a_card_that_only_keeps_fp8_is_told_to_the_operator() -> None:
    plan = plan_start(VllmOptions(), NEMO_FILES, A100)

    assert "smaller, not faster" in " ".join(plan.notes)


@pytest.mark.parametrize(
    ("machine", "options", "told"),
    [
        (Machine(kind="none"), VllmOptions(), "no CUDA GPU was found"),
        (Machine(kind="xpu"), VllmOptions(), r"no CUDA GPU was found \(vllm found 'xpu'\)"),
        (CPU, VllmOptions(quantization="none"), "set device to cpu"),
        (CPU, VllmOptions(prefix="V__"), "V__QUANTIZATION or the checkpoint is fp8"),
        (CPU, VllmOptions(device="cpu"), "fp8, which a CPU cannot compute; set it to none"),
        (H100, VllmOptions(device="cpu"), "not built for it; set it to gpu"),
        (V100, VllmOptions(), "Tesla V100 has compute capability 7.0: FP8 weights need 7.5"),
        (H100, VllmOptions(tensor_parallel=2), "tensor_parallel is 2, but 1 GPU is visible"),
        (H100, VllmOptions(extra={"max_num_seqs": 9}), "a setting of its own: max_num_seqs"),
        (H100, VllmOptions(extra={"scheduling_policy": "fcfs"}), "relies on and sets itself"),
        (T4, VllmOptions(), r"lower max_model_len, quantise, take a smaller model"),
        (gpu("L4", (8, 9), 24, free=10), VllmOptions(), "10.0 GiB of 24.0 GiB are free"),
        (
            gpu("H100", (9, 0), 80, free=60),
            VllmOptions(),
            "or lower gpu_memory_utilization to 0.75",
        ),
    ],
)
def test_what_will_not_do_is_told_with_what_to_do(
    machine: Machine, options: VllmOptions, told: str
) -> None:
    with pytest.raises(CannotStart, match=told):
        plan_start(options, NEMO_FILES, machine)


def test_another_version_of_vllm_is_told_to_the_operator() -> None:
    assert plan_start(VllmOptions(), NEMO_FILES, H100).notes == ()
    [note] = plan_start(VllmOptions(), NEMO_FILES, H100, version="0.33.0").notes
    assert note == "vllm 0.33.0 is installed; 0.26.0 is the one that was tested"


def test_all_faults_are_told_at_once() -> None:
    options = VllmOptions(tensor_parallel=3, extra={"model": "x"})
    bare = replace(NEMO_FILES, tokenizer_file=None, weight_bytes=None)

    with pytest.raises(CannotStart) as told:
        plan_start(options, bare, H100)

    named = ("1 GPU is visible", "'model'", "no tokenizer", "no *.safetensors", "32 attention")
    assert len(told.value.faults) == len(named)
    assert all(word in str(told.value) for word in named)


def test_nemo_in_fp8_needs_half_of_its_matrices_and_all_of_its_word_tables() -> None:
    memory = estimate(VllmOptions(), NEMO_FILES, Precision.NATIVE_FP8, 16_384)

    assert memory is not None
    assert memory.weights == 12_247_782_400 + 2 * 131_072 * 5_120
    assert memory.one_context == 2 * 40 * 8 * 128 * 2 * 16_384


def test_gpus_that_share_a_model_share_its_weights_and_keys() -> None:
    one = estimate(VllmOptions(), NEMO_FILES, Precision.SIXTEEN, 16_384)
    two = estimate(VllmOptions(tensor_parallel=2), NEMO_FILES, Precision.SIXTEEN, 16_384)

    assert one is not None
    assert two is not None
    assert (two.weights, two.one_context) == (one.weights // 2, one.one_context // 2)


def test_the_context_limit_is_the_models_where_that_is_lower() -> None:
    small = replace(NEMO_FILES, context=8_192)

    assert context_limit(16_384, small) == 8_192
    assert context_limit(16_384, NEMO_FILES) == 16_384
    assert "max_model_len is 8192 here" in " ".join(plan_start(VllmOptions(), small, H100).notes)


@pytest.mark.parametrize(
    ("options", "file", "mode"),
    [
        (VllmOptions(), "tekken.json", "mistral"),
        (VllmOptions(), "tokenizer.json", "auto"),
        (VllmOptions(tokenizer_mode="hf"), "tekken.json", "hf"),
        (VllmOptions(tokenizer="owner/other"), "tekken.json", "auto"),
    ],
)
def test_mistrals_own_tokenizer_is_taken_where_the_model_brings_it(
    options: VllmOptions, file: str, mode: str
) -> None:
    files = replace(NEMO_FILES, tokenizer_file=file)

    assert plan_start(options, files, H100).tokenizer_mode == mode


def test_the_reference_model_is_pinned_and_recorded() -> None:
    plan = plan_start(VllmOptions(), None, H100)

    assert plan.revision == plan.recorded == NEMO_REVISION
    assert plan_start(VllmOptions(model="a/b", revision="v2"), None, H100).recorded == "v2"


def test_a_folders_revision_is_its_fingerprint_and_a_snapshots_its_commit() -> None:
    folder = plan_start(VllmOptions(model="/models/nemo"), NEMO_FILES, H100)
    snapshot = plan_start(VllmOptions(), NEMO_FILES, H100, commit=NEMO_REVISION)

    assert (folder.revision, folder.recorded) == (None, "folder:0123456789abcdef")
    assert (snapshot.revision, snapshot.recorded) == (NEMO_REVISION, NEMO_REVISION)


def test_a_model_that_is_not_here_cannot_start_offline() -> None:
    with pytest.raises(CannotStart, match="not in the cache, and nothing may be fetched"):
        plan_start(VllmOptions(offline=True), None, H100)


class TestFiles:
    """What a folder tells about its model."""

    def test_a_tiny_model_is_read_from_its_own_files(self, tmp_path: Path) -> None:
        found = read_checkpoint(make_tiny(tmp_path / "tiny"))

        assert (found.layers, found.kv_heads, found.head_dim) == (2, 1, 32)
        assert (found.context, found.tokenizer_file) == (TINY.context, "tekken.json")
        assert found.weight_bytes is not None
        assert found.weight_bytes > 2 * 2 * TINY.vocab * TINY.hidden

    def test_nemos_shape_gives_nemos_estimate(self, tmp_path: Path) -> None:
        found = read_checkpoint(make_config(tmp_path / "nemo", NEMO))

        assert (found.layers, found.hidden, found.head_dim) == (40, 5_120, 128)
        assert found.weight_bytes is None
        plan_start(VllmOptions(load_format="dummy"), found, H100)

    def test_an_index_counts_the_weights_once(self, tmp_path: Path) -> None:
        folder = make_config(tmp_path, TINY)
        index = {"metadata": {"total_size": 4_000}, "weight_map": {}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        (folder / "consolidated.safetensors").write_bytes(bytes(4_000))

        assert read_checkpoint(folder).weight_bytes == 4_000

    def test_a_model_in_mistrals_own_format_is_read_too(self, tmp_path: Path) -> None:
        params = {"dim": 5_120, "n_layers": 40, "head_dim": 128, "n_heads": 32, "n_kv_heads": 8}
        (tmp_path / "params.json").write_text(json.dumps({**params, "vocab_size": 131_072}))
        (tmp_path / "tekken.json").write_text("{}")
        (tmp_path / "consolidated.safetensors").write_bytes(bytes(64))

        found = read_checkpoint(tmp_path)

        assert (found.layers, found.kv_heads, found.hidden) == (40, 8, 5_120)
        assert (found.weight_bytes, found.tokenizer_file) == (64, "tekken.json")

    @pytest.mark.parametrize(
        ("more", "quantized"),
        [
            ({}, None),
            ({"quantization_config": {"quant_method": "fp8"}}, "fp8"),
            ({"text_config": {"quantization_config": {"quant_method": "awq"}}}, "awq"),
        ],
    )
    def test_a_quantised_checkpoint_says_so(
        self, tmp_path: Path, more: dict[str, Any], quantized: str | None
    ) -> None:
        (tmp_path / "config.json").write_text(json.dumps(more))

        assert read_checkpoint(tmp_path).quantized == quantized

    def test_two_states_of_a_folder_differ(self, tmp_path: Path) -> None:
        first = read_checkpoint(make_tiny(tmp_path, seed=0)).fingerprint
        second = read_checkpoint(make_tiny(tmp_path, seed=1)).fingerprint
        again = read_checkpoint(make_tiny(tmp_path, seed=0)).fingerprint

        assert first == again != second

    @pytest.mark.parametrize("model", ["/no/such/folder", "./here", "models/a/b", "nemo"])
    def test_a_path_without_a_folder_is_told(self, model: str) -> None:
        with pytest.raises(CannotStart, match="no folder"):
            find_checkpoint(model, None)

    def test_a_folder_without_a_model_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(CannotStart, match=r"no config\.json"):
            find_checkpoint(str(tmp_path), None)

    def test_a_file_that_is_no_json_is_told_by_its_name(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text("{")

        with pytest.raises(CannotStart, match=r"config\.json: cannot be read as JSON"):
            read_checkpoint(tmp_path)

    def test_a_hub_model_is_found_in_the_cache_by_its_revision(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("HF_HUB_CACHE", raising=False)
        monkeypatch.setenv("HF_HOME", str(tmp_path))
        entry = tmp_path / "hub" / "models--owner--name"
        (entry / "refs").mkdir(parents=True)
        (entry / "refs" / "main").write_text("abc123")
        (entry / "snapshots" / "abc123").mkdir(parents=True)
        (entry / "snapshots" / "abc123" / "config.json").write_text("{}")

        by_branch = find_checkpoint("owner/name", None)

        assert by_branch is not None
        assert by_branch == find_checkpoint("owner/name", "abc123")
        assert commit_of(by_branch) == "abc123"
        assert find_checkpoint("owner/name", "def456") is None
        assert find_checkpoint("owner/other", None) is None
