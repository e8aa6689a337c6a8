// Checks the published files of an audit log with golang.org/x/mod/sumdb, the library behind the go command and its checksum
// database: main.go FOLDER VERIFIER_KEY
//
// The signature on the checkpoint holds, every tile belongs to its root, every entry to its tile, and the log that each power of
// two of its entries made is the beginning of this one.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Entries and hashes of a full tile, and its height.
const width, height = 256, 8

type folder string

func (f folder) Height() int { return height }

// The checksum database has the height in the path, "tile/8/0/000"; C2SP tlog-tiles does not.
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		bytes, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		read = append(read, bytes)
	}
	return read, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// The entries of a bundle, each behind its length.
func (f folder) entries(bundle, count int64) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: 0, N: bundle, W: int(count)}
	bytes, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)))
	var found [][]byte
	for err == nil && len(bytes) > 0 {
		size := 2 + int(binary.BigEndian.Uint16(bytes))
		found = append(found, bytes[2:size])
		bytes = bytes[size:]
	}
	return found, err
}

func checkpoint(file, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of the log %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, err
}

func check(f folder, key string) (tlog.Tree, error) {
	tree, err := checkpoint(filepath.Join(string(f), "checkpoint"), key)
	if err != nil {
		return tree, err
	}
	// Trusts no tile before it has led to the root.
	reader := tlog.TileHashReader(tree, f)
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		entries, err := f.entries(first/width, count)
		if err != nil {
			return tree, err
		}
		if int64(len(entries)) != count {
			return tree, fmt.Errorf("bundle %d has %d entries", first/width, len(entries))
		}
		for index, entry := range entries {
			number := first + int64(index)
			proof, err := tlog.ProveRecord(tree.N, number, reader)
			if err != nil {
				return tree, err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, number, tlog.RecordHash(entry)); err != nil {
				return tree, fmt.Errorf("entry %d: %w", number, err)
			}
		}
	}
	for size := int64(1); size < tree.N; size *= 2 {
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return tree, err
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return tree, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, root); err != nil {
			return tree, fmt.Errorf("from size %d: %w", size, err)
		}
	}
	return tree, nil
}

func main() {
	log.SetFlags(0)
	tree, err := check(folder(os.Args[1]), os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d entries, root %v\n", tree.N, tree.Hash)
}
