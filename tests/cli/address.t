
Anybody's addresses are found in anybody's gazetteer.

Seven ways to write one flat are one property, and its neighbour is not taken
  $ cp "$TESTS"/data/addresses/*.csv . && oneview address match -g ashgrove.csv -c address seven.csv -o out.csv -q && cut -d, -f1-6 out.csv
  row,id,uprn,parent_uprn,class,match
  1,a,200004525,200219244,RD06,exact
  2,b,200004525,200219244,RD06,strong
  3,c,200004525,200219244,RD06,strong
  4,d,200004525,200219244,RD06,strong
  5,e,200004525,200219244,RD06,strong
  6,f,200004525,200219244,RD06,probable
  7,g,200004525,200219244,RD06,strong

Why is said of each
  $ sed -n '2p;5p' out.csv | cut -d, -f6-
  exact,32.1,7.5,postcode same; street same; number same; flat same
  strong,26.3,7.5,postcode the same sector; street same; number same; flat same

Every form that addresses take comes to its property, and what is another's to none
  $ oneview address match -g forms_gazetteer.csv forms.csv -o out.csv -q && cut -d, -f3 out.csv > found.csv
  $ python3 -c 'import csv; [print(a["form"], a["address"], "is", a["want"], "and not", b["uprn"]) for a, b in zip(csv.DictReader(open("forms.csv")), csv.DictReader(open("out.csv"))) if a["want"] != b["uprn"]]'

Rows keep their order, a flat that is not there is its building, and what is nowhere is nothing
  $ printf 'ref,addr,post code\nx,"Flat 9, 21 Ash Grove",NW2 3LN\ny,"Flat 2, 23 Ash Grove",NW2 3LN\nz,"14 Mill Lane, Northwick",NX3 4AB\nw,,\n' > in.csv
  $ oneview address match -g ashgrove.csv -c addr -c 'post code' in.csv -o - | cut -d, -f1-6,9
  row,id,uprn,parent_uprn,class,match,why
  1,x,200219244,,PP,probable,postcode same; street same; number same; flat not in the gazetteer: the building; property is a parent of others
  2,y,,,,none,nothing in the gazetteer is like it
  3,z,,,,none,nothing in the gazetteer is like it
  4,w,,,,none,there is no address

Any number of threads writes the same bytes
  $ oneview address match -g ashgrove.csv -c address seven.csv -o one.csv -q --threads 1 && oneview address match -g ashgrove.csv -c address seven.csv -o four.csv -q --threads 4 && cmp one.csv four.csv && echo the same
  the same

Rows of a gazetteer that cannot be used are told with line, column and what would be right, and nothing is lost
  $ printf 'uprn,parent_uprn,pao_start_number,pao_end_number,street,postcode,status\n1,2,20,,Elm Road,NW2 3LP,1\n2,1,22,,Elm Road,NW2 3LP,1\n3,,28,24,Elm Road,NW2 3LP,1\nx,,30,,Elm Road,NW2 3LP,1\n1,,40,,Elm Road,NW2 3LP,1\n5,,,,,NW2 3LP,1\n6,,32,,Elm Road,nowhere,1\n7,,34,,Elm Road,NW2 3LP,4\n6,,36,,Elm Road,NW2 3LP,3\n' > bad.csv
  $ printf 'address,postcode\n20 Elm Road,NW2 3LP\n36 Elm Rd,NW2 3LP\n' > in.csv && oneview address match -g bad.csv in.csv -o out.csv --quarantine q.csv
  Line  Column          Problem                                                                                             Row kept
     4  pao_end_number  the range runs backwards, 28 to 24: write the lower number first                                    no
     5  uprn            a UPRN is a number of up to 12 digits                                                               no
     6  uprn            the UPRN has an approved address on line 2 already: a further one is alternative or historic        no
     7                  there is no address: neither a line, nor a street, nor a building                                   no
     8  postcode        this is no whole postcode: the address is kept without it                                           yes
     9  status          this status is none that the layout knows: approved is 1, alternative 3, provisional 6, historic 8  no
     3  parent_uprn     the parents of UPRN 2 lead back to itself by 1: it is kept without a parent                         yes
  
  Gazetteer
    Rows                     9
    loaded                   4
    left out by the layout   0
    quarantined              5
    Properties               3
    parents of others        1
    Addresses of them        4
    alternative              1
    provisional              0
    historic                 0
  Addresses
    Rows                     2
    exact                    2
    strong                   0
    probable                 0
    none                     0
    Seconds                  0\.\d+ (re)
  $ cut -d, -f3,4 out.csv && cat q.csv
  uprn,parent_uprn
  1,2
  6,
  line,column,problem,kept,row
  4,pao_end_number,"the range runs backwards, 28 to 24: write the lower number first",no,"3,,28,24,Elm Road,NW2 3LP,1"
  5,uprn,a UPRN is a number of up to 12 digits,no,"x,,30,,Elm Road,NW2 3LP,1"
  6,uprn,the UPRN has an approved address on line 2 already: a further one is alternative or historic,no,"1,,40,,Elm Road,NW2 3LP,1"
  7,,"there is no address: neither a line, nor a street, nor a building",no,"5,,,,,NW2 3LP,1"
  8,postcode,this is no whole postcode: the address is kept without it,yes,"6,,32,,Elm Road,nowhere,1"
  9,status,"this status is none that the layout knows: approved is 1, alternative 3, provisional 6, historic 8",no,"7,,34,,Elm Road,NW2 3LP,4"
  3,parent_uprn,the parents of UPRN 2 lead back to itself by 1: it is kept without a parent,yes,

A layout says what the columns are
  $ printf 'Property UPRN,Parent,Replaced by,Logical status,BLPU class,Flat,Building,House no,House no to,Road,Area,Town,Post code\n10,,11,Gone,RD02,,,5,,Beech Road,,Eastmarsh,EM1 1AA\n11,,,Live,RD02,,,5,7,Beech Road,,Eastmarsh,EM1 1AA\n' > c.csv
  $ printf 'address\n"5 Beech Rd, Eastmarsh"\n"5-7 Beech Road EM1 1AA"\n' > in.csv && oneview address match -g c.csv -l "$TESTS"/../layouts/council-export.yaml -c address in.csv -o - | cut -d, -f3,6,9
  uprn,match,why
  11,probable,postcode not told; street same; number in its range
  11,exact,postcode same; street same; number same

AddressBase Premium has many kinds of rows in one file
  $ printf '10,"GeoPlace",9999\n15,"I",1,20001480,"ASH GROVE","CRICKLEWOOD","LONDON","BRENT","ENG"\n21,"I",2,200219244,1,,,,1.0,2.0,51.5,-0.2,1,5150,"E",,,,,"D","NW2 3LN",0\n21,"I",3,200004525,1,,,200219244,1.0,2.0,51.5,-0.2,1,5150,"E",,,,,"D","NW2 3LN",0\n24,"I",4,200219244,"L1","ENG",1,,,,,,"",,"","",21,"",,"","",20001480,1,"","",""\n24,"I",5,200004525,"L2","ENG",1,,,,,1,"",,"","",21,"",,"","",20001480,1,"","",""\n24,"I",6,200004525,"L3","ENG",3,,,,,,"",,"","GROUND FLOOR FLAT",21,"",,"","",20001480,1,"","",""\n32,"I",7,200004525,"C1","RD06"\n99,0,1\n' > ab.csv
  $ oneview address match -g ab.csv -l "$TESTS"/../layouts/addressbase-premium.yaml -c address seven.csv -o - | cut -d, -f2-6 | head -3
  id,uprn,parent_uprn,class,match
  a,200004525,200219244,RD06,exact
  b,200004525,200219244,RD06,strong

Mistakes are answered with what would be right
  $ oneview address match -g ashgrove.csv -c adress seven.csv -o out.csv
  oneview: seven.csv:1: there is no column "adress"
    What to do: Did you mean "address"?
  [3]
  $ printf 'columns:\n  uprm: UPRN\n' > l.yaml && oneview address match -g ashgrove.csv -l l.yaml -c address seven.csv -o out.csv
  oneview: l.yaml:2:3: "uprm" is no field of an address
    What to do: Did you mean "uprn"?
  [3]
  $ oneview address match -g seven.csv -c address seven.csv -o out.csv
  oneview: seven.csv:1: a gazetteer needs a column for the UPRN
    What to do: Name the columns uprn, address and postcode, or say by --layout which they are.
  [3]
  $ oneview address match -g ashgrove.csv -c address seven.csv -o seven.csv
  oneview: --out would overwrite seven.csv
    What to do: Choose another name for the result.
  [2]
  $ oneview address match -g ashgrove.csv -c address seven.csv -o ./seven.csv
  oneview: --out would overwrite seven.csv
    What to do: Choose another name for the result.
  [2]
  $ oneview address match -g ashgrove.csv -c address seven.csv -o out.csv --quarantine ./out.csv
  oneview: --out and --quarantine both name ./out.csv
    What to do: Choose another name for one of them.
  [2]
  $ : >none.csv; oneview address match -g ashgrove.csv none.csv -o out.csv
  oneview: none.csv: the file is empty: its first line names the columns
    What to do: Give a CSV file with a line of column names and a line for each address.
  [3]
  $ oneview address match -g . seven.csv -o out.csv
  oneview: .: the file cannot be read (Is a directory)
    What to do: Give a file in it.
  [8]
  $ oneview address match -g ashgrove.csv nowhere.csv -o out.csv
  oneview: nowhere.csv: the file cannot be read (No such file or directory)
    What to do: Give a file that is there and may be read.
  [8]
  $ oneview address match -c address seven.csv -o out.csv
  oneview: --gazetteer is missing
    What to do: oneview address match --gazetteer G.csv --column address --column postcode IN.csv --out OUT.csv
  [2]
