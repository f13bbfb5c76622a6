"""The doc."""
import asyncio, inspect, pickle, sys, warnings, unittest

class Thing:
    """A thing."""

    def it(self):
        return 1

print(__doc__, inspect.getsource(Thing), inspect.getfile(Thing), inspect.getmodule(Thing))
print(pickle.loads(pickle.dumps(Thing())).it(), Thing, Thing.__module__)
warnings.warn("old", DeprecationWarning)
asyncio.run(asyncio.sleep(0.01))
import main
print(main.__name__, main.__file__) if __name__ == "__main__" else None

class Test(unittest.TestCase):
    def test_it(self):
        self.assertEqual(Thing().it(), 2)

if __name__ == "__main__":
    print(sys.modules["__main__"].__dict__["Thing"] is Thing)
    runner = unittest.TextTestRunner(stream=open("/dev/null", "w"))
    print(len(unittest.main(exit=False, testRunner=runner).result.failures))
