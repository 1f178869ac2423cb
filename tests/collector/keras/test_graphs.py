"""What the graphs of TensorFlow write and read."""

from typing import Any

import tensorflow as tf

from collector.keras.graphs import is_made_of, written


def test_that_what_a_graph_writes_is_found_in_functions_branches_and_loops() -> None:
    called, chosen, repeated, read = (tf.Variable(0.0) for _ in range(4))

    @tf.function
    def calls() -> Any:
        return called.assign_add(read)

    @tf.function
    def run() -> Any:
        calls()
        tf.cond(read > 1, lambda: chosen.assign_add(1.0), chosen.value)
        return tf.while_loop(lambda n: n < 3, lambda n: n + 1 + 0 * repeated.assign_add(1.0), [tf.constant(0.0)])

    found = written(run.get_concrete_function().graph)
    assert {id(each.handle) for each in (called, chosen, repeated)} <= set(found)


def test_that_what_a_tensor_is_made_of_is_found_behind_calls() -> None:
    one, other = tf.Variable(1.0), tf.Variable(2.0)
    found = []

    @tf.function
    def both(given: Any) -> tuple[Any, Any]:
        return one * given, other * given

    @tf.function
    def run(given: Any) -> Any:
        first, second = both(given + other)
        third, _ = both(given)
        for tensor in (first, second, third):
            found.append([is_made_of(tensor, {id(each.handle)}) for each in (one, other)])
        return first

    run.get_concrete_function(tf.constant(0.0))
    assert found == [[True, True], [False, True], [True, False]]
