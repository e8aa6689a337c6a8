import TestVaults
